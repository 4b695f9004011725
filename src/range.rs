//! NuGet version ranges and floats.
