/** What the pages that Braid shows have in common: the library of the plots, and how they look. */
package dev.braid.jobs.page;
