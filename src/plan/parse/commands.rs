//! Commands: what a step does.

use jsonc_parser::ast::{Object, Value};
use jsonc_parser::common::Ranged;

use super::fields::Property;
use super::reader::Reader;
use crate::plan::problem::Excerpt;
use crate::plan::{
    Command, CopyCommand, ExecCommand, FileCommand, PathCommand, ProblemKind, Spanned,
};

impl<'a> Reader<'a> {
    pub(super) fn command(&mut self, value: &'a Value<'a>) -> Option<Spanned<Command>> {
        let command = match value {
            Value::StringLit(text) => match Command::from_text(&text.value) {
                Ok(command) => command,
                Err(error) => {
                    self.problem(error.into(), value);
                    return None;
                }
            },
            Value::Object(object) => self.command_object(object)?,
            _ => return self.wrong_type("an object or a string", value),
        };
        Some(Spanned::new(command, self.span(value)))
    }

    /// Which keys there are decides what a command is, whatever their values.
    fn command_object(&mut self, object: &'a Object<'a>) -> Option<Command> {
        let has = |name| {
            object
                .properties
                .iter()
                .any(|property| property.name.as_str() == name)
        };
        if has("cmd") {
            Some(Command::Exec(self.exec_command(object)))
        } else if has("path") && has("name") {
            Some(Command::File(self.file_command(object)))
        } else if has("path") {
            let [path] = self.fields(object, ["path"]);
            Some(Command::Path(PathCommand {
                path: self.needed_text("path", path),
            }))
        } else if has("src") {
            Some(Command::Copy(self.copy_command(object)))
        } else {
            self.problem(ProblemKind::UnknownCommand, object);
            None
        }
    }

    fn exec_command(&mut self, object: &'a Object<'a>) -> ExecCommand {
        let [cmd, custom_name] = self.fields(object, ["cmd", "customName"]);
        ExecCommand {
            cmd: self.needed_text("cmd", cmd),
            custom_name: self.custom_name(custom_name),
        }
    }

    fn copy_command(&mut self, object: &'a Object<'a>) -> CopyCommand {
        let [image, src, dest] = self.fields(object, ["image", "src", "dest"]);
        CopyCommand {
            image: self
                .field("image", image, Self::text)
                .map(|image| image.value),
            src: self.needed_text("src", src),
            dest: self.needed_text("dest", dest),
        }
    }

    fn file_command(&mut self, object: &'a Object<'a>) -> FileCommand {
        let [path, name, mode, custom_name] =
            self.fields(object, ["path", "name", "mode", "customName"]);
        FileCommand {
            path: self.needed_text("path", path),
            name: self.needed_text("name", name),
            mode: self.field("mode", mode, Self::mode),
            custom_name: self.custom_name(custom_name),
        }
    }

    fn custom_name(&mut self, property: Property<'a>) -> Option<String> {
        self.field("customName", property, Self::text)
            .map(|name| name.value)
    }

    /// Permission bits as a decimal number; 0 stands for the default.
    pub(super) fn mode(&mut self, value: &'a Value<'a>) -> Option<u32> {
        let text = match value {
            Value::NumberLit(number) => number.value,
            Value::StringLit(text) => &text.value,
            _ => return self.wrong_type("a number", value),
        };
        let number = value
            .as_number_lit()
            .and_then(|number| number.value.parse().ok());
        if number.is_none() {
            self.problem(
                ProblemKind::InvalidMode {
                    found: Excerpt::new(text),
                },
                &value.range(),
            );
        }
        number.filter(|mode| *mode != 0)
    }
}
