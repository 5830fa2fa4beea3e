//! A tape-based reverse-mode autograd engine: you record, it differentiates.
#![cfg_attr(docsrs, feature(doc_cfg))]

pub mod check;
mod error;
mod feed;
mod function;
mod gradient;
mod graph;
mod node;
pub mod number;
mod operators;
mod ops;
mod play;
pub mod shape;
pub mod table;
mod tape;
mod var;
mod view;

pub use error::FeedError;
pub use feed::Feed;
pub use function::Function;
pub use node::Id;
pub use ops::{Arg, CustomOp, concat, stack};
pub use play::{Dtype, Element};
pub use tape::{Memory, Tape};
pub use var::{Sym, Var};
