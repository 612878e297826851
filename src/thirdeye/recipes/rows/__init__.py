"""The recipes, one file each; importing one enters it."""

# isort: off
import thirdeye.recipes.rows.mcp_neuron
import thirdeye.recipes.rows.perceptron_xt
import thirdeye.recipes.rows.mlp_backprop  # noqa: F401
