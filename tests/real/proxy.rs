//! A TCP proxy between the store and a PostgreSQL server, which simulates network failures.

use std::net::SocketAddr;
use std::sync::Arc;

use tokio::io::{AsyncReadExt, AsyncWriteExt, copy};
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;

/// A TCP proxy to one server. Dropping the proxy breaks all connections.
pub struct Proxy {
    /// The address on which clients connect to the proxy.
    pub address: SocketAddr,
    wire: Arc<watch::Sender<Wire>>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Wire {
    Whole,
    /// Requests reach the server, but the server's responses are held back.
    Deaf,
    Cut,
}

impl Proxy {
    /// Starts a proxy to a server at `host:port`, such as `127.0.0.1:5432`.
    pub async fn to(server: String) -> Proxy {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let address = listener.local_addr().expect("a bound port");
        let (wire, state) = watch::channel(Wire::Whole);
        tokio::spawn(async move {
            while let Ok((near, _)) = listener.accept().await {
                tokio::spawn(pass_on(near, server.clone(), state.clone()));
            }
        });
        Proxy { address, wire: Arc::new(wire) }
    }

    /// Breaks all connections, and closes every new connection immediately.
    pub fn cut(&self) {
        self.wire.send_replace(Wire::Cut);
    }

    /// Holds back the server's responses. Requests to the server still pass.
    pub fn deafen(&self) {
        self.wire.send_replace(Wire::Deaf);
    }

    /// Lets connections, requests and responses pass again.
    pub fn mend(&self) {
        self.wire.send_replace(Wire::Whole);
    }
}

async fn pass_on(near: TcpStream, server: String, mut state: watch::Receiver<Wire>) {
    if *state.borrow_and_update() == Wire::Cut {
        return;
    }
    let Ok(far) = TcpStream::connect(server).await else { return };
    let ((mut from_near, to_near), (from_far, mut to_far)) = (near.into_split(), far.into_split());
    let answers = pass_answers(from_far, to_near, state.clone());
    tokio::select! {
        _ = copy(&mut from_near, &mut to_far) => {}
        () = answers => {}
        _ = state.wait_for(|wire| *wire == Wire::Cut) => {}
    }
}

async fn pass_answers(mut from: OwnedReadHalf, mut to: OwnedWriteHalf, mut state: watch::Receiver<Wire>) {
    let mut buffer = vec![0; 16 * 1024];
    while let Ok(length @ 1..) = from.read(&mut buffer).await {
        let heard = state.wait_for(|wire| *wire == Wire::Whole).await.is_ok();
        if !heard || to.write_all(&buffer[..length]).await.is_err() {
            return;
        }
    }
}
