package dev.braid.experts.tree;

import dev.braid.state.image.ImageReader;
import dev.braid.state.image.ImageWriter;

/** What a kind of tree keeps per node beyond {@link TreeCore}, saved in pages of its own. */
interface TreeExtension {

  /** The extension of a plain Hoeffding tree. */
  TreeExtension NONE =
      new TreeExtension() {
        @Override
        public int pages(final int nodes) {
          return 0;
        }

        @Override
        public int alternate(final int node) {
          return NodeTable.NONE;
        }

        @Override
        public boolean isDirty(final int page) {
          return false;
        }

        @Override
        public void markClean() {}

        @Override
        public void writeHeader(final ImageWriter out) {}

        @Override
        public void readHeader(final int nodes, final int mostRoom, final ImageReader in) {}

        @Override
        public void writePage(final int page, final int nodes, final ImageWriter out) {}

        @Override
        public void readPage(final int page, final int nodes, final ImageReader in) {}
      };

  /** Pages needed for so many nodes. */
  int pages(int nodes);

  /** Another tree that hangs on a node, or -1. */
  int alternate(int node);

  boolean isDirty(int page);

  void markClean();

  void writeHeader(ImageWriter out);

  /**
   * Reads its part of the header.
   *
   * @param mostRoom the most room that so many nodes can have
   */
  void readHeader(int nodes, int mostRoom, ImageReader in);

  void writePage(int page, int nodes, ImageWriter out);

  void readPage(int page, int nodes, ImageReader in);
}
