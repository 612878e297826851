"""The recipes, one file each; importing one enters it."""

# isort: off
import thirdeye.recipes.rows.mcp_neuron
import thirdeye.recipes.rows.perceptron_xt
import thirdeye.recipes.rows.mlp_backprop
import thirdeye.recipes.rows.conv_pool_demo
import thirdeye.recipes.rows.sdt_roc
import thirdeye.recipes.rows.lenet5
import thirdeye.recipes.rows.alexnet
import thirdeye.recipes.rows.esteva_taxonomy
import thirdeye.recipes.rows.ciresan2013
import thirdeye.recipes.rows.vangrinsven2016
import thirdeye.recipes.rows.horie2019
import thirdeye.recipes.rows.zech2018
import thirdeye.recipes.rows.gulshan2016
import thirdeye.recipes.rows.gargeya2017
import thirdeye.recipes.rows.phan2019
import thirdeye.recipes.rows.li2015_admci
import thirdeye.recipes.rows.qiu2020_fcn_mlp
import thirdeye.recipes.rows.moeskops2016
import thirdeye.recipes.rows.defauw2018_oct
import thirdeye.recipes.rows.arik2017
import thirdeye.recipes.rows.jia2016
import thirdeye.recipes.rows.arevalo2016
import thirdeye.recipes.rows.esteva2017
import thirdeye.recipes.rows.chexnet2017
import thirdeye.recipes.rows.lakhani2017
import thirdeye.recipes.rows.taylor2018  # noqa: F401
