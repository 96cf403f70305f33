//! From the listener to the router: bounded connections, bounded waits, and an
//! end that lets answers finish.

use std::io;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::{GracefulShutdown, Watcher};
use hyper_util::service::TowerToHyperService;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Semaphore, watch};
use tokio::time::{sleep, timeout};
use tokio_rustls::TlsAcceptor;

use super::options::Limits;
use super::write_deadline::WriteDeadline;

/// How long to wait before the next try when no connection can be accepted,
/// as when all file descriptors are taken.
const ACCEPT_PAUSE: Duration = Duration::from_millis(50);

/// Serves until `shutdown` resolves and then drains.
pub(super) async fn serve(
    listener: TcpListener,
    tls: Option<TlsAcceptor>,
    router: Router,
    limits: &Limits,
    shutdown: impl Future<Output = ()>,
) {
    let graceful = GracefulShutdown::new();
    let (closing, closed) = watch::channel(());
    let seats = Arc::new(Semaphore::new(
        limits.connections.clamp(1, Semaphore::MAX_PERMITS),
    ));
    let accepting = accept(&listener, &seats, |stream, seat| {
        let connection = Connection {
            router: router.clone(),
            limits: limits.clone(),
            watcher: graceful.watcher(),
            closed: closed.clone(),
        };
        let tls = tls.clone();
        tokio::spawn(async move {
            connection.run(stream, tls).await;
            drop(seat);
        });
    });
    tokio::select! {
        () = accepting => {}
        () = shutdown => {}
    }
    // New connections are refused from here on, not left waiting.
    drop(listener);
    drop(closing);
    if timeout(limits.drain, graceful.shutdown()).await.is_err() {
        log::warn!("some requests did not finish in time and were cut");
    }
}

async fn accept(
    listener: &TcpListener,
    seats: &Arc<Semaphore>,
    mut start: impl FnMut(TcpStream, tokio::sync::OwnedSemaphorePermit),
) {
    loop {
        // Taken before the connection: whoever finds no seat waits in the
        // kernel's queue, where it costs nothing.
        let Ok(seat) = Arc::clone(seats).acquire_owned().await else {
            return;
        };
        match listener.accept().await {
            Ok((stream, _)) => start(stream, seat),
            Err(error) => {
                log::debug!("cannot accept a connection: {error}");
                sleep(ACCEPT_PAUSE).await;
            }
        }
    }
}

struct Connection {
    router: Router,
    limits: Limits,
    watcher: Watcher,
    /// Changes when the server ends.
    closed: watch::Receiver<()>,
}

impl Connection {
    async fn run(mut self, stream: TcpStream, tls: Option<TlsAcceptor>) {
        // Answers are one small write each; waiting for more delays them.
        let _ = stream.set_nodelay(true);
        let Some(tls) = tls else {
            return self.serve(stream).await;
        };
        let handshake = timeout(self.limits.header_timeout, tls.accept(stream));
        let stream = tokio::select! {
            done = handshake => done.unwrap_or_else(|_| Err(io::ErrorKind::TimedOut.into())),
            _ = self.closed.changed() => return,
        };
        match stream {
            Ok(stream) => self.serve(stream).await,
            Err(error) => log::debug!("TLS handshake failed: {error}"),
        }
    }

    async fn serve(self, stream: impl AsyncRead + AsyncWrite + Unpin + 'static) {
        let service = TowerToHyperService::new(self.router);
        let stream = WriteDeadline::new(stream, self.limits.write_timeout);
        let connection = http1::Builder::new()
            .timer(TokioTimer::new())
            .header_read_timeout(self.limits.header_timeout)
            // hyper takes nothing smaller.
            .max_buf_size(self.limits.header.max(8_192))
            .serve_connection::<_, TowerToHyperService<Router>>(TokioIo::new(stream), service);
        if let Err(error) = self.watcher.watch(connection).await {
            log::debug!("connection ended: {error}");
        }
    }
}
