use unicode_segmentation::UnicodeSegmentation;

fn main() {
    let text = "Over hill, over dale";
    println!("{} words in: {text}", text.unicode_words().count());
}
