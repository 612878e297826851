"""The kinds of classical learners: what each is called, what it does, how it is built."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from thirdeye.registry import Registry


@dataclass(frozen=True)
class Setting:
    """What a learner is built from.

    Args:
        strength: the one number that is tuned; its meaning is the kind's.
        width: gamma of the radial basis functions times the number of features; not used by the others.
        n_rows, n_features: of the training table.
        seed: of everything random.
        threads: where the learner can use several.
    """

    strength: float
    width: float
    n_rows: int
    n_features: int
    seed: int
    threads: int


@dataclass(frozen=True)
class Kind:
    """One family of learners.

    Args:
        title: as a person would say it.
        description: one sentence on how it decides.
        setting: how the tuned number is told, with a place for it.
        build: gives a scikit-learn classifier for standardised features.
    """

    title: str
    description: str
    setting: str
    build: Callable[[Setting], Any]


KINDS: Registry[Kind] = Registry("classical learner")


def _enter(name: str, title: str, description: str, setting: str) -> Callable[..., Callable[[Setting], Any]]:
    def enter(build: Callable[[Setting], Any]) -> Callable[[Setting], Any]:
        KINDS.register(name)(Kind(title, description, setting, build))
        return build

    return enter


@_enter("logistic", "logistic regression", "A weighted sum of all features, weights held small.", "C = {:g}")
def _logistic(setting: Setting) -> Any:
    from sklearn.linear_model import LogisticRegression

    return LogisticRegression(C=setting.strength, class_weight="balanced", max_iter=1000, tol=1e-3)


@_enter(
    "linear_svm",
    "linear support vector machine",
    "A weighted sum that keeps the widest margin between the classes.",
    "C = {:g}",
)
def _linear_svm(setting: Setting) -> Any:
    from sklearn.svm import LinearSVC

    return LinearSVC(C=setting.strength, class_weight="balanced", random_state=setting.seed)


@_enter(
    "discriminant",
    "linear discriminant analysis",
    "Each class is a cloud of one common form; its covariance is shrunk (Ledoit and Wolf).",
    "shrinkage estimated",
)
def _discriminant(setting: Setting) -> Any:
    from sklearn.discriminant_analysis import LinearDiscriminantAnalysis

    return LinearDiscriminantAnalysis(solver="lsqr", shrinkage="auto")


@_enter(
    "bayes",
    "naive Bayes",
    "Each principal component is a bell curve in each class, independent of the others.",
    "{:g} principal components",
)
def _bayes(setting: Setting) -> Any:
    from sklearn.naive_bayes import GaussianNB

    return _on_components(setting, int(setting.strength), GaussianNB(var_smoothing=1e-6))


@_enter(
    "neighbours",
    "nearest neighbours",
    "The most similar known cases vote, the nearest with most weight.",
    "k = {:g} on 50 principal components",
)
def _neighbours(setting: Setting) -> Any:
    from sklearn.neighbors import KNeighborsClassifier

    k = min(int(setting.strength), setting.n_rows)
    return _on_components(setting, 50, KNeighborsClassifier(k, weights="distance"))


@_enter(
    "svm",
    "support vector machine (RBF)",
    "Similarity to cases near the border between the classes decides.",
    "C = {:g}",
)
def _svm(setting: Setting) -> Any:
    from sklearn.multiclass import OneVsRestClassifier
    from sklearn.svm import SVC

    gamma = setting.width / setting.n_features
    machine = SVC(C=setting.strength, gamma=gamma, class_weight="balanced", cache_size=500)
    return OneVsRestClassifier(machine)  # ranks better than SVC's own one-versus-one votes


@_enter(
    "elastic_net",
    "logistic regression, elastic net",
    "A weighted sum of few features: most weights are exactly zero.",
    "C = {:g}, half L1",
)
def _elastic_net(setting: Setting) -> Any:
    from sklearn.linear_model import LogisticRegression

    return LogisticRegression(
        C=setting.strength,
        solver="saga",
        l1_ratio=0.5,
        class_weight="balanced",
        max_iter=50,
        tol=1e-2,
        random_state=setting.seed,
    )


@_enter(
    "trees",
    "extremely randomised trees",
    "100 decision trees with random splits vote.",
    "leaf >= {:g}",
)
def _trees(setting: Setting) -> Any:
    from sklearn.ensemble import ExtraTreesClassifier

    return ExtraTreesClassifier(
        n_estimators=100,
        min_samples_leaf=int(setting.strength),
        class_weight="balanced_subsample",
        random_state=setting.seed,
        n_jobs=setting.threads,
    )


@_enter(
    "perceptron",
    "small neural network",
    "One hidden layer of 32 units on 50 principal components.",
    "penalty {:g}",
)
def _perceptron(setting: Setting) -> Any:
    from sklearn.neural_network import MLPClassifier

    network = MLPClassifier((32,), alpha=setting.strength, max_iter=100, random_state=setting.seed)
    return _on_components(setting, 50, network)


@_enter(
    "boosting",
    "gradient boosting",
    "Small trees, each mending the errors of those before, on the 60 features that differ most.",
    "learning rate {:g}",
)
def _boosting(setting: Setting) -> Any:
    from sklearn.ensemble import HistGradientBoostingClassifier
    from sklearn.feature_selection import SelectKBest, VarianceThreshold, f_classif
    from sklearn.pipeline import make_pipeline

    boosted = HistGradientBoostingClassifier(
        learning_rate=setting.strength, max_iter=60, max_leaf_nodes=8, max_bins=32, min_samples_leaf=10,
        class_weight="balanced", early_stopping=False, random_state=setting.seed,
    )  # fmt: skip
    return make_pipeline(VarianceThreshold(1e-12), SelectKBest(f_classif, k=_at_most(setting, 60)), boosted)


def _on_components(setting: Setting, count: int, learner: Any) -> Any:
    """Principal components are found in the training rows of each fit, never outside."""
    from sklearn.decomposition import PCA
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    kept = min(count, setting.n_features, max(1, setting.n_rows - 1))
    return make_pipeline(
        PCA(kept, svd_solver="randomized", random_state=setting.seed), StandardScaler(), learner
    )


def _at_most(setting: Setting, count: int) -> int | str:
    return count if setting.n_features > count else "all"
