/** The preset {@code braid}: a pool of unlike experts, and what combines them. */
package dev.braid.router.braid;
