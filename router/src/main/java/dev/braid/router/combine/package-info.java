/** What makes one prediction out of those of several experts. */
package dev.braid.router.combine;
