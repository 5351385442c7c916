//! Several futures at once.

use std::future::{Future, poll_fn};
use std::pin::Pin;
use std::task::Poll;

/// Runs futures at once, in the task of the caller; gives what they give, in their order.
pub(super) async fn join_all<F: Future>(futures: impl IntoIterator<Item = F>) -> Vec<F::Output> {
    type Slot<F> = (Pin<Box<F>>, Option<<F as Future>::Output>);
    let futures = futures.into_iter();
    let mut running: Vec<Slot<F>> = futures.map(|future| (Box::pin(future), None)).collect();
    poll_fn(|context| {
        let mut is_done = true;
        for (future, output) in &mut running {
            if output.is_none() {
                match future.as_mut().poll(context) {
                    Poll::Ready(value) => *output = Some(value),
                    Poll::Pending => is_done = false,
                }
            }
        }
        if !is_done {
            return Poll::Pending;
        }
        let outputs = running.iter_mut().filter_map(|(_, output)| output.take());
        Poll::Ready(outputs.collect())
    })
    .await
}

#[cfg(test)]
mod tests {
    use tokio::sync::oneshot;

    use super::*;

    #[tokio::test]
    async fn a_future_may_wait_for_a_later_one() {
        let (sender, receiver) = oneshot::channel();
        let mut sender = Some(sender);
        let mut receiver = Some(receiver);
        let futures = [1, 2].map(|number| {
            let (sender, receiver) = if number == 1 {
                (None, receiver.take())
            } else {
                (sender.take(), None)
            };
            async move {
                if let Some(sender) = sender {
                    sender.send(number).unwrap();
                }
                match receiver {
                    Some(receiver) => receiver.await.unwrap() * 10,
                    None => number,
                }
            }
        });
        assert_eq!(join_all(futures).await, [20, 2]);
    }
}
