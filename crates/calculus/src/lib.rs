//! What derivatives say about a function of one variable, proved where it can be.
