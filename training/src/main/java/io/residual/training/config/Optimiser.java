package io.residual.training.config;

/** What turns gradients into steps. */
public enum Optimiser {
    /** Stochastic gradient descent, with momentum where that is above 0. */
    SGD,
    /** The same with Nesterov's momentum (Sutskever et al. 2013). */
    NESTEROV,
    /** Kingma and Ba 2015; with decoupled weight decay it is AdamW. */
    ADAM,
    /** Reddi, Kale and Kumar 2018. */
    AMSGRAD,
    /** Dozat 2016. */
    NADAM,
    /** Kingma and Ba 2015, section 7.1. */
    ADAMAX,
    /** Zhuang et al. 2020. */
    ADABELIEF,
    /** Duchi, Hazan and Singer 2011. */
    ADAGRAD,
    /** Hinton's lecture 6e, 2012. */
    RMSPROP
}
