use super::setting::Context;
use super::{Stop, StoreError};

/// What the store works at. None: the run was cancelled, and it gave up.
pub(super) async fn unless_stopped<T>(
    context: &Context,
    working: impl Future<Output = Result<T, StoreError>>,
) -> Option<Result<T, StoreError>> {
    tokio::pin!(working);
    let mut stop = context.stop.clone();
    let stopped = async {
        if stop.wait_for(|stop| *stop != Stop::No).await.is_err() {
            // Nobody is left to ask.
            std::future::pending::<()>().await;
        }
    };
    tokio::select! {
        done = &mut working => Some(done),
        () = stopped => {
            context.rooms.store.give_up();
            match working.await {
                // Rows that were not all looked at tell nothing of the others.
                Err(StoreError::GivenUp | StoreError::BadOutput(_)) => None,
                done => Some(done),
            }
        }
    }
}
