use std::collections::HashMap;

use bollard::models::{EventMessage, EventMessageTypeEnum as Type};
use bollard::query_parameters::EventsOptionsBuilder;
use futures_util::{Stream, StreamExt, stream};

use super::error::DockerError;
use super::{Engine, labels};

/// What happens to images and containers that changes how the environment stands. Not what looking at it makes happen:
/// `exec_start`, `exec_die`.
const ACTIONS: [&str; 6] = ["start", "die", "destroy", "tag", "untag", "delete"];

impl Engine {
    /// Says each time that one of a project's images or services may have become another. Silent as long as nothing
    /// happens; its only end is an error: the engine is lost.
    pub fn changes(&self, project: &str) -> impl Stream<Item = Result<(), DockerError>> + Send + use<> {
        let of = |words: &[&str]| words.iter().map(|word| (*word).to_owned()).collect::<Vec<_>>();
        let filters = HashMap::from([
            ("type", of(&["container", "image"])),
            ("event", of(&ACTIONS)),
            ("label", vec![format!("{}={project}", labels::PROJECT)]),
        ]);
        let options = EventsOptionsBuilder::default().filters(&filters).build();
        let events = self.docker.events(Some(options)).filter_map(|event| async {
            match event {
                Ok(event) => counts(&event).then_some(Ok(())),
                Err(error) => Some(Err(DockerError::of("tell what happens", error))),
            }
        });
        let ended = || Err(DockerError::Unreachable("it has stopped telling what happens".to_owned()));
        events.chain(stream::once(async move { ended() })).boxed()
    }
}

/// Containers of runs come and go all the time, and are none of the environment.
fn counts(event: &EventMessage) -> bool {
    let attributes = event.actor.as_ref().and_then(|actor| actor.attributes.as_ref());
    let is_service = attributes.is_some_and(|attributes| attributes.contains_key(labels::SERVICE));
    event.typ == Some(Type::IMAGE) || is_service
}

#[cfg(test)]
mod tests {
    use bollard::models::EventActor;

    use super::*;

    #[test]
    fn containers_of_runs_are_none_of_the_environment() {
        let event = |typ, label: &str| EventMessage {
            typ: Some(typ),
            actor: Some(EventActor {
                attributes: Some(HashMap::from([(label.to_owned(), "x".to_owned())])),
                ..Default::default()
            }),
            ..Default::default()
        };
        assert!(counts(&event(Type::CONTAINER, labels::SERVICE)));
        assert!(counts(&event(Type::IMAGE, labels::PROJECT)));
        assert!(!counts(&event(Type::CONTAINER, labels::RUN)));
        assert!(!counts(&EventMessage::default()));
    }
}
