/** Auto-configuration of the parts for Azure: they are there where the module and settings are. */
@NullMarked
package io.sharedredis.azure.spring;

import org.jspecify.annotations.NullMarked;
