use super::*;

fn size(rank: usize, width: f64) -> Size {
    Size {
        rank,
        width,
        height: 40.0,
        at_bottom: false,
    }
}

fn link(from: usize, to: usize) -> Link {
    Link {
        from,
        to,
        end: None,
    }
}

/// What stands in one row must not touch, and lines go down only.
fn check(boxes: &[Size], links: &[Link]) -> Layout {
    let layout = lay_out(boxes, links);
    for (one, (size, corner)) in boxes.iter().zip(&layout.corners).enumerate() {
        assert!(corner.x >= 0.0 && corner.x + size.width <= layout.width);
        assert!(corner.y >= 0.0 && corner.y + size.height <= layout.height);
        for (other_size, other) in boxes.iter().zip(&layout.corners).skip(one + 1) {
            let apart = corner.x + size.width < other.x || other.x + other_size.width < corner.x;
            assert!(
                apart || size.rank != other_size.rank,
                "{corner:?} {other:?}"
            );
        }
    }
    for route in &layout.routes {
        for pair in route.windows(2) {
            assert!(pair[0].y <= pair[1].y, "{route:?}");
        }
        for straight in route.chunks(2) {
            assert!(straight[0].x.total_cmp(&straight[1].x).is_eq(), "{route:?}");
        }
    }
    layout
}

#[test]
fn a_chain_is_one_straight_line() {
    let boxes = [size(0, 100.0), size(1, 200.0), size(2, 100.0)];
    let layout = check(&boxes, &[link(0, 1), link(1, 2), link(0, 2)]);
    let middles = layout.corners.iter().zip(&boxes);
    let middles: Vec<_> = middles
        .map(|(corner, size)| corner.x + size.width / 2.0)
        .collect();
    assert!((middles[0] - middles[2]).abs() < 80.0, "{middles:?}");
    let long = &layout.routes[2];
    assert_eq!(long.len(), 6);
    // Beside the box that it passes.
    let passed = layout.corners[1];
    assert!(long[2].x < passed.x || long[2].x > passed.x + 200.0);
}

#[test]
fn lines_that_need_not_cross_do_not() {
    let boxes = [size(0, 50.0), size(0, 50.0), size(1, 50.0), size(1, 50.0)];
    let layout = check(&boxes, &[link(0, 3), link(1, 2)]);
    let x = |index: usize| layout.corners[index].x;
    assert_eq!(x(0) < x(1), x(3) < x(2));
}

#[test]
fn a_line_ends_where_it_has_to() {
    let boxes = [size(0, 50.0), size(0, 50.0), size(1, 300.0)];
    let ends = [100.0, -100.0];
    let links: Vec<_> = ends
        .iter()
        .enumerate()
        .map(|(from, end)| Link {
            from,
            to: 2,
            end: Some(*end),
        })
        .collect();
    let layout = check(&boxes, &links);
    assert!(layout.corners[1].x < layout.corners[0].x);
    let middle = layout.corners[2].x + 150.0;
    let last: Vec<_> = layout
        .routes
        .iter()
        .map(|route| route.last().unwrap().x - middle)
        .collect();
    assert_eq!(last, ends);
}

#[test]
fn what_goes_nowhere_is_left_out() {
    let layout = check(&[size(1, 50.0), size(1, 50.0)], &[link(0, 1), link(0, 7)]);
    assert_eq!(layout.routes, [vec![], vec![]]);
    assert!(check(&[], &[]).corners.is_empty());
}

#[test]
fn many_boxes_and_lines_stay_apart() {
    let boxes: Vec<_> = (0..120).map(|index| size(index / 8, 100.0)).collect();
    let links: Vec<_> = (0..120)
        .flat_map(|to| [(to * 7) % (to + 1), (to * 13) % (to + 1)].map(|from| link(from, to)))
        .collect();
    check(&boxes, &links);
}
