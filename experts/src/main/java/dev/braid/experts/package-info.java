/** The expert contract and the experts that need no package of their own. */
package dev.braid.experts;
