//! Values for a program's parameters from text.

mod json_tree;
