//! The loss curve: what must be in it, and histories that could upset it.

use chainrule_mlp::history::{Epoch, History, Measure};
use chainrule_mlp::plot::loss_curve;

fn history(losses: impl IntoIterator<Item = (f64, Option<f64>)>) -> History {
    let measure = |loss| Measure { loss, accuracy: None };
    let epochs = losses.into_iter().enumerate().map(|(at, (train, validation))| Epoch {
        epoch: at + 1,
        learning_rate: 0.1,
        train: measure(train),
        validation: validation.map(measure),
    });
    History { epochs: epochs.collect(), test: None }
}

fn decay(epochs: usize, to: f64) -> History {
    let at = |epoch: usize| 2.0 * (to / 2.0).powf(epoch as f64 / (epochs - 1) as f64);
    history((0..epochs).map(|epoch| (at(epoch), Some(at(epoch) * 1.2 + 0.05))))
}

#[test]
fn axes_and_curves_are_named_and_fonts_are_legible() {
    let svg = loss_curve(&decay(20, 0.01), "digits").unwrap();
    for word in ["digits", "epoch", "mean loss per row", "training", "validation", "polyline"] {
        assert!(svg.contains(word), "lacks {word}");
    }
    for size in svg.split("font-size=\"").skip(1) {
        let size: f64 = size.split('"').next().unwrap().parse().unwrap();
        assert!(size >= 12.0, "a font of {size}");
    }
    if let Ok(folder) = std::env::var("PICTURES") {
        let save = |name: &str, svg: &str| {
            std::fs::write(std::path::Path::new(&folder).join(name), svg).unwrap();
        };
        save("log.svg", &svg);
        save("linear.svg", &loss_curve(&decay(8, 0.5), "linear").unwrap());
        save("long.svg", &loss_curve(&decay(1000, 1e-7), "long").unwrap());
        save("one.svg", &loss_curve(&history([(2.0, Some(1.0))]), "one epoch").unwrap());
        let odd = history([(2.0, None), (f64::NAN, None), (1e300, None), (1.0, None)]);
        let late = history((0..20).map(|k| (1.0 / (1 + k) as f64, Some(0.3 + 0.05 * k as f64))));
        save("late.svg", &loss_curve(&late, "overfitting").unwrap());
        save("odd.svg", &loss_curve(&odd, "odd").unwrap());
    }
}

#[test]
fn no_history_upsets_it() {
    for losses in [
        vec![],
        vec![f64::NAN],
        vec![0.0],
        vec![0.0, 0.0, 0.0],
        vec![1.0, 1.0],
        vec![f64::INFINITY, f64::NEG_INFINITY],
        vec![1e300, 1e-300, 1.0],
        vec![f64::MAX, f64::MIN_POSITIVE],
        vec![f64::MAX, -f64::MAX],
        vec![f64::MAX, 0.0, f64::MAX],
        vec![5e-324, 1.0],
        vec![5e-324, 5e-324],
        vec![-1.0, -2.0],
    ] {
        let svg = loss_curve(&history(losses.iter().map(|loss| (*loss, None))), "t").unwrap();
        assert!(svg.ends_with("</svg>\n"), "{losses:?}: {}", &svg[svg.len() - 40..]);
    }
}
