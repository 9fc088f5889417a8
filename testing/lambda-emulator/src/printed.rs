//! What a function prints, kept while it is printed: whoever has it open last decides when it ends, and that may be a child
//! of the function that outlives it.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncReadExt};
use tokio::task::JoinHandle;
use tokio::time::timeout;

/// Everything that came out of one stream until now.
#[derive(Debug)]
pub(crate) struct Printed {
    bytes: Arc<Mutex<Vec<u8>>>,
    keeping: JoinHandle<()>,
}

impl Printed {
    /// Keeps what comes out of `stream`, which is none where the process was started without it.
    pub(crate) fn keep(stream: Option<impl AsyncRead + Unpin + Send + 'static>) -> Self {
        let bytes = Arc::new(Mutex::new(Vec::new()));
        let kept = Arc::clone(&bytes);
        let keeping = tokio::spawn(async move {
            let Some(mut stream) = stream else { return };
            let mut piece = Vec::new();
            // What came before a broken pipe is kept.
            while stream.read_buf(&mut piece).await.is_ok_and(|count| count > 0) {
                kept.lock().unwrap_or_else(PoisonError::into_inner).append(&mut piece);
            }
        });
        Self { bytes, keeping }
    }

    /// What there is now.
    pub(crate) fn text(&self) -> String {
        String::from_utf8_lossy(&self.bytes.lock().unwrap_or_else(PoisonError::into_inner)).into_owned()
    }

    /// Everything until the stream ends, or what came in this time where it does not.
    pub(crate) async fn all(mut self, patience: Duration) -> String {
        // Too late or not, what came until now is the answer.
        let _ = timeout(patience, &mut self.keeping).await;
        self.text()
    }
}

impl Drop for Printed {
    fn drop(&mut self) {
        self.keeping.abort();
    }
}
