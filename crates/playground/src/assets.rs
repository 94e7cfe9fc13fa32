//! The files of the page, each under the name it has in `page/`.

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

/// Path, type and content.
static FILES: [(&str, &str, &str); 20] = files! {
    "/" HTML "page.html"
    "/page.css" CSS "page.css"
    "/page/chats.css" CSS "chats.css"
    "/page/inspector.css" CSS "inspector.css"
    "/page.js" SCRIPT "page.js"
    "/page/words.js" SCRIPT "words.js"
    "/page/state.js" SCRIPT "state.js"
    "/page/dom.js" SCRIPT "dom.js"
    "/page/server.js" SCRIPT "server.js"
    "/page/events.js" SCRIPT "events.js"
    "/page/chats.js" SCRIPT "chats.js"
    "/page/log.js" SCRIPT "log.js"
    "/page/message.js" SCRIPT "message.js"
    "/page/entities.js" SCRIPT "entities.js"
    "/page/keyboard.js" SCRIPT "keyboard.js"
    "/page/composer.js" SCRIPT "composer.js"
    "/page/popup.js" SCRIPT "popup.js"
    "/page/inline.js" SCRIPT "inline.js"
    "/page/inspector.js" SCRIPT "inspector.js"
    "/page/settings.js" SCRIPT "settings.js"
};

/// The page's files, and the picture that browsers ask for by themselves: the page has no icon of
/// its own.
pub fn router() -> Router<App> {
    let icon = Router::new().route("/favicon.ico", get(StatusCode::NO_CONTENT));
    FILES.iter().fold(icon, |router, (path, kind, content)| router.route(path, get(|| asset(kind, content))))
}

async fn asset(kind: &'static str, content: &'static str) -> impl IntoResponse {
    ([(header::CONTENT_TYPE, kind), (header::CACHE_CONTROL, "no-cache")], content)
}
