fn main() {
    println!("high water at {}", tides::HIGH_WATER.join(" and "));
}
