/** The preset {@code neural}: a dense layer alone. */
package dev.braid.router.neural;
