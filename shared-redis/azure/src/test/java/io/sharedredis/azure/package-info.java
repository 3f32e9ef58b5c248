/** Tests of the parts for Azure against stand-ins that speak Azure's protocols on this machine. */
@NullMarked
package io.sharedredis.azure;

import org.jspecify.annotations.NullMarked;
