/** Whole applications with the Azure module, by settings. */
@NullMarked
package io.sharedredis.azure.spring;

import org.jspecify.annotations.NullMarked;
