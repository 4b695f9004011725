//! Where trees come from: a folder, two refs of a local git repository, or GitHub.

pub mod folder;
pub mod git;
pub mod remote;
