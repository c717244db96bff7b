//! What a document is made of, for programs that read it aloud: a tree of elements, and which marks on which pages
//! belong to each.

use pdf_writer::types::StructRole;

/// An element by its number; the document itself is 0.
pub(crate) type NodeId = usize;

/// What an element consists of, in the order of reading.
pub(crate) enum Kid {
    Node(NodeId),
    /// A mark: of which page, and its number there.
    Mark(usize, i32),
}

pub(crate) struct Node {
    pub(crate) role: StructRole,
    pub(crate) parent: Option<NodeId>,
    pub(crate) kids: Vec<Kid>,
}

pub(crate) struct Tree {
    pub(crate) nodes: Vec<Node>,
}

impl Tree {
    pub(crate) fn new() -> Self {
        Self { nodes: vec![Node { role: StructRole::Document, parent: None, kids: Vec::new() }] }
    }

    pub(crate) fn add(&mut self, parent: NodeId, role: StructRole) -> NodeId {
        let id = self.nodes.len();
        self.nodes.push(Node { role, parent: Some(parent), kids: Vec::new() });
        self.nodes[parent].kids.push(Kid::Node(id));
        id
    }

    pub(crate) fn mark(&mut self, node: NodeId, page: usize, number: i32) {
        self.nodes[node].kids.push(Kid::Mark(page, number));
    }
}
