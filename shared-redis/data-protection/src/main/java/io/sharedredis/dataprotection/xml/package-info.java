/**
 * Reading of key ring XML that others wrote: no external entities, no expansion, bounded size.
 * Public for the other packages of this module; not an API.
 */
@NullMarked
package io.sharedredis.dataprotection.xml;

import org.jspecify.annotations.NullMarked;
