//! The grammar of conditions.

use super::Allowed;
use super::scanner::{Relation, Scanner, Token};
use crate::inventory::msbuild::expression::Expression;
use crate::inventory::msbuild::value::Fault;

/// Parentheses and negations may nest this deep.
const DEEPEST: u32 = 100;

/// A piece of a condition.
#[derive(Debug, Clone)]
pub enum Node {
    /// Text in quotes, a bare word, a property, items or metadata.
    Text(Expression),
    /// A bare number.
    Number(Box<str>),
    /// A property with spaces in its name: empty to older versions of MSBuild, an error to newer ones.
    Untold,
    /// A function of the condition language, by its lower-case name.
    Call {
        /// The name.
        name: Box<str>,
        /// The arguments.
        arguments: Vec<Expression>,
    },
    /// `!`
    Not(Box<Node>),
    /// `and`
    And(Box<Node>, Box<Node>),
    /// `or`
    Or(Box<Node>, Box<Node>),
    /// A comparison.
    Compare(Relation, Box<Node>, Box<Node>),
}

/// Parses a whole condition.
pub fn parse(text: &str, allowed: Allowed) -> Result<Node, Fault> {
    let mut scanner = Scanner::new(text, allowed);
    let token = scanner.next()?;
    let mut parser = Parser { text, scanner, token, depth: 0 };
    let node = parser.either()?;
    if parser.token == Token::End { Ok(node) } else { Err(parser.unexpected()) }
}

struct Parser<'a> {
    text: &'a str,
    scanner: Scanner<'a>,
    token: Token,
    depth: u32,
}

impl Parser<'_> {
    fn unexpected(&self) -> Fault {
        Fault::new("MSB4092", format!("the condition `{}` has an unexpected word", self.text))
    }

    /// Takes the current word and reads the next.
    fn take(&mut self) -> Result<Token, Fault> {
        let next = self.scanner.next()?;
        Ok(std::mem::replace(&mut self.token, next))
    }

    fn either(&mut self) -> Result<Node, Fault> {
        let mut node = self.both()?;
        while self.token == Token::Or {
            self.take()?;
            node = Node::Or(Box::new(node), Box::new(self.both()?));
        }
        Ok(node)
    }

    fn both(&mut self) -> Result<Node, Fault> {
        let mut node = self.comparison()?;
        while self.token == Token::And {
            self.take()?;
            node = Node::And(Box::new(node), Box::new(self.comparison()?));
        }
        Ok(node)
    }

    fn comparison(&mut self) -> Result<Node, Fault> {
        let left = self.factor()?;
        let Token::Relation(relation) = self.token else { return Ok(left) };
        self.take()?;
        let right = self.factor()?;
        Ok(Node::Compare(relation, Box::new(left), Box::new(right)))
    }

    fn factor(&mut self) -> Result<Node, Fault> {
        self.depth += 1;
        if self.depth > DEEPEST {
            return Err(Fault::new("too-deep", format!("the condition nests deeper than {DEEPEST}")));
        }
        let node = match self.take()? {
            Token::Text(text) => Node::Text(Expression::new(text)),
            Token::Number(text) => Node::Number(text.into()),
            Token::Untold => Node::Untold,
            Token::Function(name) => self.call(&name)?,
            Token::Not => Node::Not(Box::new(self.factor()?)),
            Token::Open => {
                let inner = self.either()?;
                if self.take()? != Token::Close {
                    return Err(self.unexpected());
                }
                inner
            }
            _ => return Err(self.unexpected()),
        };
        self.depth -= 1;
        Ok(node)
    }

    fn call(&mut self, name: &str) -> Result<Node, Fault> {
        self.take()?; // the parenthesis that made the word a function
        let mut arguments = Vec::new();
        while self.token != Token::Close {
            match self.take()? {
                Token::Text(text) | Token::Number(text) => arguments.push(Expression::new(text)),
                _ => return Err(self.unexpected()),
            }
            match self.token {
                Token::Comma => {
                    self.take()?;
                    if self.token == Token::Close {
                        return Err(self.unexpected());
                    }
                }
                Token::Close => {}
                _ => return Err(self.unexpected()),
            }
        }
        self.take()?;
        Ok(Node::Call { name: name.to_lowercase().into(), arguments })
    }
}
