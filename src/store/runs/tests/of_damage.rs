use super::*;

#[test]
fn an_event_in_the_middle_that_is_spoilt_is_seen_in_every_list_whenever_it_was() {
    let (_dir, root) = temp();
    let runs = Runs::new(&root, &name("flights"), &name("dev")).settled_at_once();
    let spoil = |layout: &RunLayout| {
        let text = fs_err::read_to_string(layout.events()).unwrap();
        let (first, rest) = text.split_once('\n').unwrap();
        fs_err::write(layout.events(), format!("{first}\nspoilt\n{rest}")).unwrap();
    };
    let made = [Status::Succeeded, Status::Succeeded, Status::Failed].map(|status| {
        let (layout, token) = past_run(&root, "daily", status);
        write_plan(&layout, &plan_of(token)).unwrap();
        fs_err::remove_file(layout.events()).unwrap();
        let log = journal(&layout, token);
        log.append(started(false)).unwrap();
        log.append(finished(status)).unwrap();
        layout
    });
    let spoilt = || {
        let listing = runs.list(None, 10);
        assert_eq!(listing.runs.len(), 3);
        let mut paths: Vec<_> = listing.spoilt.into_iter().collect();
        paths.sort();
        paths
    };
    let dirs = |some: &[usize]| some.iter().map(|at| made[*at].dir().to_owned()).collect::<Vec<_>>();
    // Before the index has it, or after.
    spoil(&made[0]);
    for _ in 0..2 {
        assert_eq!(spoilt(), dirs(&[0]));
    }
    until_the_disk_ticks(&root);
    spoil(&made[1]);
    spoil(&made[2]);
    for _ in 0..2 {
        assert_eq!(spoilt(), dirs(&[0, 1, 2]));
    }
    runs.forget();
    assert_eq!(spoilt(), dirs(&[0, 1, 2]));
}
