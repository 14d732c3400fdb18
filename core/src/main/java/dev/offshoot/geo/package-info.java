/**
 * Shapes on the Earth and on a plane: read from GeoJSON and legacy pairs, compared, measured, covered with cells that an index can
 * hold. The library behind it is S2, and no other package sees it. It must not know filters, indexes or documents around a shape.
 */
@NullMarked
package dev.offshoot.geo;

import org.jspecify.annotations.NullMarked;
