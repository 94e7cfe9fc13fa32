//! A wire that can be cut: passes connections on to a server until it is told not to.

use std::net::SocketAddr;
use std::sync::Arc;

use tokio::io::copy_bidirectional;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;

/// The wire. It is cut when this is dropped.
pub struct Proxy {
    /// Where to connect instead of to the server.
    pub address: SocketAddr,
    is_whole: Arc<watch::Sender<bool>>,
}

impl Proxy {
    /// A wire to a server, such as `127.0.0.1:5432`.
    pub async fn to(server: String) -> Proxy {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let address = listener.local_addr().expect("a bound port");
        let (is_whole, cut) = watch::channel(true);
        tokio::spawn(async move {
            while let Ok((mut near, _)) = listener.accept().await {
                let (mut cut, server) = (cut.clone(), server.clone());
                tokio::spawn(async move {
                    if !*cut.borrow_and_update() {
                        return;
                    }
                    let Ok(mut far) = TcpStream::connect(server).await else { return };
                    tokio::select! {
                        _ = copy_bidirectional(&mut near, &mut far) => {}
                        _ = cut.wait_for(|is_whole| !is_whole) => {}
                    }
                });
            }
        });
        Proxy { address, is_whole: Arc::new(is_whole) }
    }

    /// Breaks all connections and lets none through.
    pub fn cut(&self) {
        self.is_whole.send_replace(false);
    }

    /// Lets connections through again.
    pub fn mend(&self) {
        self.is_whole.send_replace(true);
    }
}
