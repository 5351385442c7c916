@external(erlang, "io", "put_chars")
fn print(text: String) -> Nil

pub fn main() {
  print("high water at 05:12 and 17:40\n")
}
