//! Serves the static files of the playground's page: HTML, CSS and JavaScript from the folder
//! `page/`, compiled into the program.

use axum::Router;
use axum::http::{StatusCode, header};
use axum::response::IntoResponse;
use axum::routing::get;

use super::app::App;

const HTML: &str = "text/html; charset=utf-8";
const CSS: &str = "text/css; charset=utf-8";
const SCRIPT: &str = "text/javascript; charset=utf-8";

macro_rules! files {
    ($($path:literal $kind:ident $file:literal)*) => {
        [$(($path, $kind, include_str!(concat!("page/", $file)))),*]
    };
}

/// URL path, content type and content of each static file.
static FILES: [(&str, &str, &str); 34] = files! {
    "/" HTML "page.html"
    "/page.css" CSS "page.css"
    "/page/chats.css" CSS "chats.css"
    "/page/inspector.css" CSS "inspector.css"
    "/page.js" SCRIPT "page.js"
    "/page/avatar.js" SCRIPT "avatar.js"
    "/page/chats.js" SCRIPT "chats.js"
    "/page/commands.js" SCRIPT "commands.js"
    "/page/composer.js" SCRIPT "composer.js"
    "/page/dom.js" SCRIPT "dom.js"
    "/page/draft.js" SCRIPT "draft.js"
    "/page/drawer.js" SCRIPT "drawer.js"
    "/page/entities.js" SCRIPT "entities.js"
    "/page/events.js" SCRIPT "events.js"
    "/page/head.js" SCRIPT "head.js"
    "/page/inline.js" SCRIPT "inline.js"
    "/page/inspector.js" SCRIPT "inspector.js"
    "/page/keyboard.js" SCRIPT "keyboard.js"
    "/page/log.js" SCRIPT "log.js"
    "/page/matcher-view.js" SCRIPT "matcher-view.js"
    "/page/message.js" SCRIPT "message.js"
    "/page/navigation.js" SCRIPT "navigation.js"
    "/page/notices.js" SCRIPT "notices.js"
    "/page/popup.js" SCRIPT "popup.js"
    "/page/samples.js" SCRIPT "samples.js"
    "/page/server.js" SCRIPT "server.js"
    "/page/settings.js" SCRIPT "settings.js"
    "/page/speakers.js" SCRIPT "speakers.js"
    "/page/state.js" SCRIPT "state.js"
    "/page/strings.js" SCRIPT "strings.js"
    "/page/summary.js" SCRIPT "summary.js"
    "/page/telegram-view.js" SCRIPT "telegram-view.js"
    "/page/topics.js" SCRIPT "topics.js"
    "/page/welcome.js" SCRIPT "welcome.js"
};

/// Returns the routes for the static files. The route `/favicon.ico` returns 204 No Content,
/// because the page has no icon.
pub fn router() -> Router<App> {
    let icon = Router::new().route("/favicon.ico", get(StatusCode::NO_CONTENT));
    FILES.iter().fold(icon, |router, (path, kind, content)| router.route(path, get(|| asset(kind, content))))
}

async fn asset(kind: &'static str, content: &'static str) -> impl IntoResponse {
    ([(header::CONTENT_TYPE, kind), (header::CACHE_CONTROL, "no-cache")], content)
}
