#!/usr/bin/env node
import '../dist/cli/candela.js'
