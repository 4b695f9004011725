//! Evaluates a project as MSBuild does, from files alone: no task, no target, no SDK, no machine.
//!
//! Invariants: an evaluation reads nothing but the tree, ends whatever the files say, and never guesses. What files cannot
//! tell (the SDK's own values, the clock, what a target does) is *unknown with a reason*, which is neither empty nor an
//! error; it travels with each value it touches, up to the `problem` of a package.
//!
//! | module | knows |
//! |---|---|
//! | `document` | the schema: a file checked and compiled once |
//! | `expression`, `function`, `object` | `$(…)`, the functions in it, and the .NET types they take and give |
//! | `condition` | conditions |
//! | `item`, `context` | items, `@(…)` and `%(…)` |
//! | `evaluation`, `import`, `sdk` | the passes, imports, and what the SDK does around a project |
//! | `framework` | names of target frameworks |
//! | `central` | what NuGet makes of the items |
//! | `files`, `path`, `scope`, `value` | the world that an expression sees |

mod central;
mod condition;
mod context;
mod document;
mod evaluation;
mod expression;
mod files;
mod framework;
mod function;
mod implicit;
mod import;
mod item;
mod object;
mod path;
mod project;
mod questions;
mod scope;
mod sdk;
mod value;

pub use path::ROOT;
pub use project::{Metadata, Values, Workspace, evaluate};
pub use questions::{Answer, Level, condition, expand};
