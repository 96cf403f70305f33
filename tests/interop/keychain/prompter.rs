//! The desktop's part of a keyring's prompt, in place of the window that a
//! desktop shows: `org.gnome.keyring.SystemPrompter`, as gcr has it.

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use zbus::blocking::Connection;
use zbus::blocking::connection::Builder;
use zbus::message::Header;
use zbus::object_server::ResponseDispatchNotifier;
use zbus::zvariant::{OwnedObjectPath, OwnedValue};

/// What becomes of each prompt.
#[derive(Clone, Copy)]
pub enum Manners {
    /// "Cancel" is pressed.
    Dismisses,
    /// The window stays where it is.
    Ignores,
}

/// Shows no window, and behaves as if it had. Gone when dropped.
pub struct Prompter {
    _connection: Connection,
    prompts: Arc<AtomicUsize>,
}

impl Prompter {
    /// Starts one on the session bus.
    pub fn start(manners: Manners) -> Self {
        let prompts = Arc::new(AtomicUsize::new(0));
        let object = Object {
            manners,
            prompts: Arc::clone(&prompts),
        };
        let connection = Builder::session()
            .unwrap()
            .serve_at("/org/gnome/keyring/Prompter", object)
            .unwrap()
            .name("org.gnome.keyring.SystemPrompter")
            .unwrap()
            .build()
            .unwrap();
        Self {
            _connection: connection,
            prompts,
        }
    }

    /// Returns how many were asked for.
    pub fn prompts(&self) -> usize {
        self.prompts.load(Ordering::SeqCst)
    }
}

struct Object {
    manners: Manners,
    prompts: Arc<AtomicUsize>,
}

/// What each method returns: nothing, and word of when that was sent.
type Replied = ResponseDispatchNotifier<()>;

#[zbus::interface(name = "org.gnome.keyring.internal.Prompter")]
impl Object {
    /// Somebody wants to ask: told to go on.
    fn begin_prompting(
        &self,
        callback: OwnedObjectPath,
        #[zbus(header)] header: Header<'_>,
        #[zbus(connection)] connection: &zbus::Connection,
    ) -> Replied {
        then_call(connection, &header, callback, "PromptReady", Some(""))
    }

    /// The question.
    fn perform_prompt(
        &self,
        callback: OwnedObjectPath,
        _kind: &str,
        _properties: HashMap<String, OwnedValue>,
        _exchange: &str,
        #[zbus(header)] header: Header<'_>,
        #[zbus(connection)] connection: &zbus::Connection,
    ) -> Replied {
        self.prompts.fetch_add(1, Ordering::SeqCst);
        match self.manners {
            Manners::Dismisses => {
                then_call(connection, &header, callback, "PromptReady", Some("no"))
            }
            Manners::Ignores => ResponseDispatchNotifier::new(()).0,
        }
    }

    /// Whoever asked has had enough.
    fn stop_prompting(
        &self,
        callback: OwnedObjectPath,
        #[zbus(header)] header: Header<'_>,
        #[zbus(connection)] connection: &zbus::Connection,
    ) -> Replied {
        then_call(connection, &header, callback, "PromptDone", None)
    }
}

/// Returns at once, and calls whoever asked after that, as gcr does: what
/// comes before our reply is not heeded.
fn then_call(
    connection: &zbus::Connection,
    header: &Header<'_>,
    callback: OwnedObjectPath,
    method: &'static str,
    answer: Option<&'static str>,
) -> Replied {
    let (replied, sent) = ResponseDispatchNotifier::new(());
    let connection = Connection::from(connection.clone());
    let asker = header.sender().unwrap().to_owned();
    std::thread::spawn(move || {
        zbus::block_on(sent);
        let interface = Some("org.gnome.keyring.internal.Prompter.Callback");
        // Whoever asked may have left.
        let _ = match answer {
            Some(answer) => {
                let body = (answer, HashMap::<String, OwnedValue>::new(), "");
                connection.call_method(Some(asker), &callback, interface, method, &body)
            }
            None => connection.call_method(Some(asker), &callback, interface, method, &()),
        };
    });
    replied
}
