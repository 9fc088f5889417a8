//! An AWS that a test makes up: it answers each call as the test says, and remembers what it was asked.

use std::sync::{Arc, Mutex};

use axum::Router;
use axum::http::{HeaderMap, StatusCode};
use axum::routing::post;
use serde_json::{Value, json};
use tokio::net::TcpListener;

/// A call as it came in.
#[derive(Debug, Clone)]
pub(crate) struct Call {
    pub(crate) action: String,
    /// The JSON of the call; that of CloudFormation is a form, as text.
    pub(crate) body: Value,
    /// The header with the signature, which names the region.
    pub(crate) authorization: String,
}

/// What is answered: a status and a body.
pub(crate) type Answer = (u16, String);

/// What answers.
#[derive(Debug)]
pub(crate) struct Aws {
    pub(crate) url: String,
    calls: Arc<Mutex<Vec<Call>>>,
}

impl Aws {
    /// One that answers each call by `answer`. It ends with the test.
    pub(crate) async fn answering(answer: impl Fn(&Call) -> Answer + Clone + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let calls = Arc::new(Mutex::new(Vec::new()));
        let kept = Arc::clone(&calls);
        let handler = async move |headers: HeaderMap, body: String| {
            let header = |name| headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default().to_owned();
            let target = header("x-amz-target");
            let action = match target.rsplit_once('.') {
                Some((_, action)) => action.to_owned(),
                None => body.split('&').find_map(|pair| pair.strip_prefix("Action=")).unwrap_or_default().to_owned(),
            };
            let body = serde_json::from_str(&body).unwrap_or(Value::String(body));
            let call = Call { action, body, authorization: header("authorization") };
            kept.lock().unwrap().push(call.clone());
            let (status, body) = answer(&call);
            (StatusCode::from_u16(status).unwrap(), body)
        };
        tokio::spawn(async move { axum::serve(listener, Router::new().route("/", post(handler))).await });
        Self { url, calls }
    }

    /// Everything that it was asked, in order.
    pub(crate) fn calls(&self) -> Vec<Call> {
        self.calls.lock().unwrap().clone()
    }

    /// The names of it.
    pub(crate) fn actions(&self) -> Vec<String> {
        self.calls().into_iter().map(|call| call.action).collect()
    }
}

/// A good answer.
pub(crate) fn good(body: &Value) -> Answer {
    (200, body.to_string())
}

/// An error of a service that speaks JSON.
pub(crate) fn refused(code: &str, message: &str) -> Answer {
    (400, json!({ "__type": code, "message": message }).to_string())
}

/// CloudFormation's answer: a stack with these outputs.
pub(crate) fn stack(outputs: &[(&str, &str)]) -> Answer {
    stack_in("CREATE_COMPLETE", outputs)
}

/// The same, of a stack in this state.
pub(crate) fn stack_in(status: &str, outputs: &[(&str, &str)]) -> Answer {
    stack_told(status, &[], outputs)
}

/// The same, of a stack that was told these parameters.
pub(crate) fn stack_told(status: &str, parameters: &[(&str, &str)], outputs: &[(&str, &str)]) -> Answer {
    let members = |kind: &str, pairs: &[(&str, &str)]| -> String {
        let member = |(key, value): &(&str, &str)| {
            format!("<member><{kind}Key>{key}</{kind}Key><{kind}Value>{value}</{kind}Value></member>")
        };
        pairs.iter().map(member).collect()
    };
    let (parameters, outputs) = (members("Parameter", parameters), members("Output", outputs));
    let stack = format!(
        "<StackName>x</StackName><CreationTime>2026-01-01T00:00:00Z</CreationTime><StackStatus>{status}</StackStatus>\
         <Parameters>{parameters}</Parameters><Outputs>{outputs}</Outputs>"
    );
    let result = format!("<DescribeStacksResult><Stacks><member>{stack}</member></Stacks></DescribeStacksResult>");
    let namespace = "http://cloudformation.amazonaws.com/doc/2010-05-15/";
    (200, format!("<DescribeStacksResponse xmlns=\"{namespace}\">{result}</DescribeStacksResponse>"))
}

/// CloudFormation's error.
pub(crate) fn stack_refused(code: &str, message: &str) -> Answer {
    (400, format!("<ErrorResponse><Error><Code>{code}</Code><Message>{message}</Message></Error></ErrorResponse>"))
}
