//! The page and its endpoints: what a person does in the browser, and the events the browser shows.

use std::convert::Infallible;
use std::time::Duration;

use axum::body::Bytes;
use axum::extract::{Query, Request, State};
use axum::http::{HeaderValue, Method, StatusCode, header};
use axum::middleware::{self, Next};
use axum::response::sse::{Event, KeepAlive, Sse};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use futures_util::{StreamExt, stream};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use tokio::sync::broadcast::Receiver;

use super::App;
use super::world::text::{MAX_UNITS, units};
use super::world::{Attachment, Denied, Person};

/// How long the page waits for the bot's answer to an inline query.
const INLINE_PATIENCE: Duration = Duration::from_secs(10);

/// The longest inline query an app lets one type.
const MAX_QUERY_CHARS: usize = 256;

/// Nothing inline, nothing from elsewhere, and no other site may frame the page.
const CONTENT_SECURITY_POLICY: &str = "default-src 'self'; frame-ancestors 'none'";

/// The page's routes, guarded.
pub fn router() -> Router<App> {
    Router::new()
        .route("/", get(|| asset("text/html; charset=utf-8", include_str!("page.html"))))
        .route("/page.css", get(|| asset("text/css; charset=utf-8", include_str!("page.css"))))
        .route("/page.js", get(|| asset("text/javascript; charset=utf-8", include_str!("page.js"))))
        // Browsers ask for it by themselves; the page has no icon of its own.
        .route("/favicon.ico", get(StatusCode::NO_CONTENT))
        .route("/page/events", get(events))
        .route("/page/message", post(message))
        .route("/page/edit", post(edit))
        .route("/page/press", post(press))
        .route("/page/attach", post(attach))
        .route("/page/inline", post(inline))
        .route("/page/choose", post(choose))
        .layer(middleware::from_fn(guard))
}

/// An answer of the page's endpoints.
type Answer = Result<Json<Value>, Problem>;

/// Why the page cannot do that.
struct Problem(StatusCode, String);

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        (self.0, Json(json!({"error": self.1}))).into_response()
    }
}

impl From<Denied> for Problem {
    fn from(denied: Denied) -> Problem {
        Problem(StatusCode::BAD_REQUEST, denied.to_string())
    }
}

/// The language the page is set to.
#[derive(Clone, Copy, Default, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Language {
    Zh,
    #[default]
    En,
}

impl Language {
    /// The tag that the real apps report.
    fn tag(self) -> &'static str {
        match self {
            Language::Zh => "zh-hans",
            Language::En => "en",
        }
    }

    fn person(self) -> Person {
        Person { language_code: self.tag().to_owned(), ..Person::default() }
    }
}

#[derive(Deserialize)]
struct MessageForm {
    text: String,
    language: Language,
}

#[derive(Deserialize)]
struct EditForm {
    message_id: i64,
    text: String,
    language: Language,
}

#[derive(Deserialize)]
struct PressForm {
    message_id: i64,
    data: String,
    language: Language,
}

#[derive(Deserialize)]
struct AttachForm {
    kind: Attachment,
    language: Language,
}

#[derive(Deserialize)]
struct InlineForm {
    query: String,
    offset: String,
    language: Language,
}

#[derive(Deserialize)]
struct ChooseForm {
    query: String,
    result_id: String,
    language: Language,
}

#[derive(Deserialize)]
struct EventsQuery {
    #[serde(default)]
    language: Language,
}

async fn message(State(app): State<App>, body: Bytes) -> Answer {
    let form: MessageForm = parse(&body)?;
    check_text(&form.text)?;
    let sent = app.world.say(&form.language.person(), &form.text);
    Ok(Json(json!({"message_id": sent.message_id})))
}

async fn edit(State(app): State<App>, body: Bytes) -> Answer {
    let form: EditForm = parse(&body)?;
    check_text(&form.text)?;
    let sent = app.world.edit(&form.language.person(), form.message_id, &form.text)?;
    Ok(Json(json!({"message_id": sent.message_id})))
}

async fn press(State(app): State<App>, body: Bytes) -> Answer {
    let form: PressForm = parse(&body)?;
    let person = form.language.person();
    let id = app.world.press(&person, person.id, form.message_id, &form.data)?;
    Ok(Json(json!({"callback_query_id": id})))
}

async fn attach(State(app): State<App>, body: Bytes) -> Answer {
    let form: AttachForm = parse(&body)?;
    let sent = app.world.attach(&form.language.person(), form.kind);
    Ok(Json(json!({"message_id": sent.message_id})))
}

async fn inline(State(app): State<App>, body: Bytes) -> Answer {
    let form: InlineForm = parse(&body)?;
    if form.query.chars().count() > MAX_QUERY_CHARS {
        return Err(bad_request("The query is longer than 256 characters."));
    }
    let id = app.world.inline(&form.language.person(), &form.query, &form.offset);
    let answer = tokio::select! {
        answer = app.world.inline_answer(&id, INLINE_PATIENCE) => answer,
        () = app.closing.cancelled() => None,
    };
    let silent = || Problem(StatusCode::GATEWAY_TIMEOUT, "The bot has not answered.".to_owned());
    answer.map(Json).ok_or_else(silent)
}

async fn choose(State(app): State<App>, body: Bytes) -> Answer {
    let form: ChooseForm = parse(&body)?;
    let sent = app.world.choose(&form.language.person(), &form.query, &form.result_id)?;
    Ok(Json(json!({"message_id": sent.message_id})))
}

/// The state of the chat, then everything that happens in it until the server closes. A page that has fallen behind is
/// cut off: it connects again and gets the state anew.
async fn events(State(app): State<App>, Query(query): Query<EventsQuery>) -> impl IntoResponse {
    let (hello, receiver) = app.world.watch_page(query.language.tag());
    let later = stream::unfold(receiver, async |mut receiver: Receiver<Value>| {
        let event = receiver.recv().await.ok()?;
        Some((event, receiver))
    });
    let all = stream::once(async { hello }).chain(later);
    let stream = all
        .map(|event| Ok::<_, Infallible>(Event::default().data(event.to_string())))
        .take_until(app.closing.cancelled_owned());
    Sse::new(stream).keep_alive(KeepAlive::default())
}

async fn asset(kind: &'static str, content: &'static str) -> impl IntoResponse {
    ([(header::CONTENT_TYPE, kind), (header::CACHE_CONTROL, "no-cache")], content)
}

async fn guard(request: Request, next: Next) -> Response {
    let mut response = match refuse_forms(&request) {
        Ok(()) => next.run(request).await,
        Err(problem) => problem.into_response(),
    };
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(CONTENT_SECURITY_POLICY));
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    response
}

/// A form on another site can post anything but this type without being asked first.
fn refuse_forms(request: &Request) -> Result<(), Problem> {
    let kind = request.headers().get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
    let is_json = kind.and_then(|kind| kind.split(';').next()).map(str::trim) == Some("application/json");
    if request.method() == Method::POST && !is_json {
        return Err(Problem(StatusCode::FORBIDDEN, "The body must be application/json.".to_owned()));
    }
    Ok(())
}

fn parse<T: DeserializeOwned>(body: &Bytes) -> Result<T, Problem> {
    serde_json::from_slice(body).map_err(|error| bad_request(&format!("The request cannot be read: {error}.")))
}

fn check_text(text: &str) -> Result<(), Problem> {
    if text.trim().is_empty() {
        return Err(bad_request("The message is empty."));
    }
    if units(text) > MAX_UNITS {
        return Err(bad_request("The message is longer than 4096 characters."));
    }
    Ok(())
}

fn bad_request(reason: &str) -> Problem {
    Problem(StatusCode::BAD_REQUEST, reason.to_owned())
}
