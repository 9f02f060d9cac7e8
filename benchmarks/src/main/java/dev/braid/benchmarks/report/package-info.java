/** Tables, ranks and plots of finished runs, as Markdown and as one HTML page. */
package dev.braid.benchmarks.report;
