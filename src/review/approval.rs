use crate::domain::text::safe;
use crate::domain::track::{BaseMoved, Merge, Package, Present, RangeDiff, Standing, Touch, Touched};

/// Whether what was approved of a package still holds for what the repository has now. A moved head voids it; a moved base
/// does not, as long as no step's closure is touched in the merge result.
///
/// `moved`: how the target went on since, where its tip is another; an error says why that cannot be told.
pub fn standing(package: &Package, present: &Present, moved: Option<&Result<BaseMoved, String>>) -> Standing {
    let range = || RangeDiff {
        old_base: package.base.clone(),
        old_head: package.head.clone(),
        new_base: present.base.clone(),
        new_head: present.head.clone(),
    };
    let void = |why: String, file: Option<String>| Standing::Void { why, file, range: Some(range()) };
    let target = safe(package.target.short()).into_owned();
    if present.head != package.head {
        let (was, is) = (package.head.short(), present.head.short());
        return void(format!("the branch went on from {was} to {is}"), None);
    }
    let tree = match &present.merge {
        Merge::Tree(tree) => tree,
        Merge::Conflicts(files) => {
            let first = files.first().map(|file| safe(file)).unwrap_or_default();
            return void(format!("it conflicts with {target} now, in {first}"), files.first().cloned());
        }
    };
    if present.base == package.base {
        return match *tree == package.merge_tree {
            true => Standing::Holds,
            false => void("the merge comes to another tree than the approved one".to_owned(), None),
        };
    }
    let moved = match moved {
        Some(Ok(moved)) => moved,
        Some(Err(why)) => return Standing::Unknown { why: why.clone() },
        None => return Standing::Unknown { why: format!("how {target} went on was not looked at") },
    };
    if !moved.follows {
        return void(format!("{target} was rewritten: it has the base of the package no more"), None);
    }
    if let Some(Touched { step, file, by }) = moved.touched.first() {
        let (step, shown) = (safe(step), safe(file));
        let why = match by {
            Touch::Closure => format!("{target} has changed {shown}, on which the step {step} depends"),
            Touch::Reads(what) => format!(
                "{target} has brought {shown}, of which the step {step} reads {}, which the package takes away",
                safe(what)
            ),
            Touch::Lost(what) => {
                format!("{target} has taken {} away, which the step {step} reads in {shown}", safe(what))
            }
            Touch::Wrong(what) => format!("together with {target}, {shown} is wrong: {}", safe(what)),
        };
        return void(why, Some(file.clone()));
    }
    Standing::CarriedOver { ahead: moved.ahead, files: moved.files }
}
