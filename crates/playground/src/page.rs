//! HTTP endpoints that the playground's page calls: the actions of the user, and a stream of events
//! that the page shows.

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

use super::app::App;
use super::assets;
use super::telegram::text::{MAX_UNITS, units};
use super::telegram::{Attachment, Denied, PAGE_PERSON_ID, Person, Say};

/// Maximum time that the page waits for the bot's answer to an inline query.
const INLINE_PATIENCE: Duration = Duration::from_secs(10);

/// Maximum length of an inline query, in characters, as in Telegram's apps.
const MAX_QUERY_CHARS: usize = 256;

/// Value of the header `Content-Security-Policy`. Forbids inline scripts and styles, resources from
/// other origins, and showing the page inside a frame.
const CONTENT_SECURITY_POLICY: &str = "default-src 'self'; frame-ancestors 'none'";

/// Returns the routes of the page. The middleware `guard` of this file rejects cross-site POST
/// requests and sets the security headers of every response.
pub fn router() -> Router<App> {
    assets::router()
        .route("/page/events", get(events))
        .route("/page/message", post(message))
        .route("/page/edit", post(edit))
        .route("/page/press", post(press))
        .route("/page/attach", post(attach))
        .route("/page/inline", post(inline))
        .route("/page/choose", post(choose))
        .route("/page/privacy", post(privacy))
        .route("/page/inspect", get(inspect))
        .route("/page/session.toml", get(session))
        .layer(middleware::from_fn(guard))
}

/// Response of a page endpoint: JSON, or an error.
type Answer = Result<Json<Value>, Problem>;

/// HTTP status and error message of a failed page request. The page shows the message to the user.
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

/// Language that the user selected on the page.
#[derive(Clone, Copy, Default, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Language {
    Zh,
    #[default]
    En,
}

impl Language {
    /// Language tag that Telegram's apps report for this language.
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

/// Request fields that tell which person acts, and in which chat. Without `chat_id`, the page's
/// user acts in the private chat with the bot.
#[derive(Deserialize)]
struct Place {
    language: Language,
    chat_id: Option<i64>,
    /// User id of the group member who acts.
    as_id: Option<i64>,
    /// `message_thread_id` of the forum topic to which the person sends a message.
    thread: Option<i64>,
}

impl Place {
    /// Returns the id of the group in which the person acts, or `None` for the private chat with
    /// the bot.
    fn group(&self) -> Option<i64> {
        self.chat_id.filter(|id| *id != PAGE_PERSON_ID)
    }

    fn person(&self, app: &App) -> Result<Person, Problem> {
        let Some(group) = self.group() else { return Ok(self.language.person()) };
        let member = self.as_id.and_then(|id| app.telegram.member_of(group, id));
        member.ok_or_else(|| bad_request("There is no such member of the group."))
    }
}

#[derive(Deserialize)]
struct MessageForm {
    text: String,
    reply_to: Option<i64>,
    quote: Option<String>,
    #[serde(flatten)]
    place: Place,
}

#[derive(Deserialize)]
struct EditForm {
    message_id: i64,
    text: String,
    #[serde(flatten)]
    place: Place,
}

#[derive(Deserialize)]
struct PressForm {
    message_id: i64,
    data: String,
    #[serde(flatten)]
    place: Place,
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
    #[serde(flatten)]
    place: Place,
}

#[derive(Deserialize)]
struct ChooseForm {
    query: String,
    result_id: String,
    #[serde(flatten)]
    place: Place,
}

#[derive(Deserialize)]
struct PrivacyForm {
    on: bool,
}

#[derive(Deserialize)]
struct EventsQuery {
    #[serde(default)]
    language: Language,
}

#[derive(Deserialize)]
struct InspectQuery {
    chat_id: i64,
    message_id: i64,
}

async fn message(State(app): State<App>, body: Bytes) -> Answer {
    let form: MessageForm = parse(&body)?;
    check_text(&form.text)?;
    let person = form.place.person(&app)?;
    let message_id = match (form.place.group(), form.reply_to) {
        (Some(group), reply_to) => {
            let say = Say { reply_to, quote: form.quote, thread: form.place.thread, ..Say::new(&form.text) };
            app.telegram.say_in(group, &person, say)?.message_id
        }
        (None, Some(to)) => app.telegram.reply(&person, to, form.quote.as_deref(), &form.text)?.message_id,
        (None, None) => app.telegram.say(&person, &form.text).message_id,
    };
    Ok(Json(json!({"message_id": message_id})))
}

async fn edit(State(app): State<App>, body: Bytes) -> Answer {
    let form: EditForm = parse(&body)?;
    check_text(&form.text)?;
    let person = form.place.person(&app)?;
    match form.place.group() {
        Some(group) => app.telegram.edit_in(group, &person, form.message_id, &form.text).map(|_| ())?,
        None => app.telegram.edit(&person, form.message_id, &form.text).map(|_| ())?,
    }
    Ok(Json(json!({"message_id": form.message_id})))
}

async fn press(State(app): State<App>, body: Bytes) -> Answer {
    let form: PressForm = parse(&body)?;
    let person = form.place.person(&app)?;
    let chat_id = form.place.group().unwrap_or(person.id);
    let id = app.telegram.press(&person, chat_id, form.message_id, &form.data)?;
    Ok(Json(json!({"callback_query_id": id})))
}

async fn attach(State(app): State<App>, body: Bytes) -> Answer {
    let form: AttachForm = parse(&body)?;
    let sent = app.telegram.attach(&form.language.person(), form.kind);
    Ok(Json(json!({"message_id": sent.message_id})))
}

async fn inline(State(app): State<App>, body: Bytes) -> Answer {
    let form: InlineForm = parse(&body)?;
    if form.query.chars().count() > MAX_QUERY_CHARS {
        return Err(bad_request("The query is longer than 256 characters."));
    }
    let person = form.place.person(&app)?;
    let id = match form.place.group() {
        Some(group) => app.telegram.inline_in(group, &person, &form.query, &form.offset)?,
        None => app.telegram.inline(&person, &form.query, &form.offset),
    };
    let answer = tokio::select! {
        answer = app.telegram.inline_answer(&id, INLINE_PATIENCE) => answer,
        () = app.closing.cancelled() => None,
    };
    let silent = || Problem(StatusCode::GATEWAY_TIMEOUT, "The bot has not answered.".to_owned());
    answer.map(Json).ok_or_else(silent)
}

async fn choose(State(app): State<App>, body: Bytes) -> Answer {
    let form: ChooseForm = parse(&body)?;
    let person = form.place.person(&app)?;
    let chat_id = form.place.group().unwrap_or(person.id);
    let posted = app.telegram.choose_in_topic(&person, chat_id, form.place.thread, &form.query, &form.result_id)?;
    Ok(Json(json!({"message_id": posted.message_id})))
}

async fn privacy(State(app): State<App>, body: Bytes) -> Answer {
    let form: PrivacyForm = parse(&body)?;
    app.telegram.set_privacy(form.on);
    Ok(Json(json!({"on": form.on})))
}

/// Returns the data for the page's inspector of one message: the updates and the Bot API calls
/// about the message. If the message contains or answers a question, adds how the matcher
/// understands that question.
async fn inspect(State(app): State<App>, Query(query): Query<InspectQuery>) -> Answer {
    let InspectQuery { chat_id, message_id } = query;
    let missing = || Problem(StatusCode::NOT_FOUND, "There is no such message.".to_owned());
    let mut seen = app.telegram.inspect(chat_id, message_id).ok_or_else(missing)?;
    let asked = app.telegram.asked(chat_id, message_id);
    if let (Some(probe), Some(asked)) = (&app.matcher_probe, asked) {
        seen["matcher"] = probe(&asked.texts, &asked.language);
    }
    Ok(Json(seen))
}

/// Returns the session (all actions so far) as a scenario file, which the browser downloads.
async fn session(State(app): State<App>) -> impl IntoResponse {
    let headers = [
        (header::CONTENT_TYPE, "application/toml; charset=utf-8"),
        (header::CONTENT_DISPOSITION, "attachment; filename=\"session.toml\""),
        (header::CACHE_CONTROL, "no-store"),
    ];
    (headers, app.telegram.session())
}

/// Streams the current state of all chats to the page, then every later event, until the server
/// shuts down. If a page reads too slowly, the stream ends. The page then reconnects and gets the
/// whole state again.
async fn events(State(app): State<App>, Query(query): Query<EventsQuery>) -> impl IntoResponse {
    let (hello, receiver) = app.telegram.watch_page(query.language.tag());
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

/// Rejects a POST request without the content type JSON (CSRF protection). A form on another site
/// cannot send this content type without a CORS preflight request.
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
