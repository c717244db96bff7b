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
    /// What is read aloud instead of a picture.
    pub(crate) said: Option<String>,
}

pub(crate) struct Tree {
    pub(crate) nodes: Vec<Node>,
}

impl Tree {
    pub(crate) fn new() -> Self {
        Self { nodes: vec![Node { role: StructRole::Document, parent: None, kids: Vec::new(), said: None }] }
    }

    pub(crate) fn add(&mut self, parent: NodeId, role: StructRole) -> NodeId {
        let id = self.nodes.len();
        self.nodes.push(Node { role, parent: Some(parent), kids: Vec::new(), said: None });
        self.nodes[parent].kids.push(Kid::Node(id));
        id
    }

    /// An element that is seen; those who do not see it are told `said`.
    pub(crate) fn add_picture(&mut self, parent: NodeId, said: &str) -> NodeId {
        let id = self.add(parent, StructRole::Figure);
        self.nodes[id].said = Some(said.to_owned());
        id
    }

    pub(crate) fn mark(&mut self, node: NodeId, page: usize, number: i32) {
        self.nodes[node].kids.push(Kid::Mark(page, number));
    }
}
