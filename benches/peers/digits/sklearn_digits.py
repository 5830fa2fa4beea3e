"""scikit-learn on the digits: `MLPClassifier`."""

import warnings

from sklearn.exceptions import ConvergenceWarning
from sklearn.neural_network import MLPClassifier

import load

warnings.simplefilter("ignore", ConvergenceWarning)  # 20 epochs are what is asked for
(x, t), (x_test, t_test) = load.load()
model = MLPClassifier(
    hidden_layer_sizes=load.SIZES[1:-1],
    activation="relu",
    solver="adam",
    alpha=0,
    batch_size=load.BATCH,
    learning_rate_init=load.RATE,
    max_iter=load.EPOCHS,
    n_iter_no_change=load.EPOCHS,
    random_state=0,
)
model.fit(x, t)
load.report(model.predict(x_test), t_test)
