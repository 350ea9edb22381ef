#!/bin/bash
# Packs the check of a GPU: one folder for a bare Linux machine with NVIDIA's driver, CUDA 13 or 12, and no Java.
#
#   cuda/check.sh [--classes FOLDER --jars FILE] [--data FOLDER] [--to FOLDER]
#
# Builds the modules with Maven, unless --classes names a folder of their compiled classes and resources, and --jars a file
# with a class path that has their libraries. --data has the four files of Fashion-MNIST (default: those of Debian's package
# dataset-fashion-mnist); --to is replaced (default: cuda/target/check), and FOLDER.tar.xz is written beside it. JAVA_HOME is
# the JDK 17 whose runtime is packed: the machine needs a glibc as new as that JDK was built for, which is printed.
#
# There: tar xf check.tar.xz && check/run.sh        (check/run.sh --help)
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
root=$PWD
limit=60000000 # bytes of the folder, and of the archive
classes='' jars='' data=/usr/share/datasets/fashion-mnist to=$root/cuda/target/check
while [ $# -gt 0 ]; do
  case $1 in
    --classes) classes=$(realpath "$2") ;;
    --jars) jars=$(realpath "$2") ;;
    --data) data=$(realpath "$2") ;;
    --to) to=$(realpath -m "$2") ;;
    *) sed -n '2,/^set/s/^# \{0,1\}//p' "$0" >&2; exit 2 ;;
  esac
  shift 2
done
[ -z "$classes" ] || [ -n "$jars" ] || { echo "check.sh: --classes needs --jars" >&2; exit 2; }
jdk=${JAVA_HOME:-$(dirname "$(dirname "$(readlink -f "$(command -v javac)")")")}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
problem() { echo "check.sh: $*" >&2; exit 1; }

# Neither Deeplearning4j nor ND4J: the check reads its networks as programs.
modules='program cuda core data training'
libraries='jspecify jackson-core jackson-databind jackson-annotations jackson-dataformat-yaml snakeyaml log4j-api
  commons-rng-simple commons-rng-client-api commons-rng-core'

# The jars: ours, those of libraries, and of JNA the part for this system.
pack_jars() {
  local module library jar
  mkdir -p "$to/lib" "$work/jna"
  if [ -n "$classes" ]; then
    for module in $modules; do
      {
        (cd "$classes" && find "io/residual/$module" -name '*.class' ! -name '*Test.class' ! -name '*Test$*')
        [ ! -d "$module/src/main/resources" ] || (cd "$module/src/main/resources" && find io -type f)
      } | sed "s|^|-C $classes |" > "$work/$module.txt"
      "$jdk/bin/jar" -cf "$to/lib/residual-$module.jar" "@$work/$module.txt"
    done
  else
    jars=$root/training/target/classpath-check.txt
    mvn -q package -DskipTests -pl training -am dependency:build-classpath -Dmdep.includeScope=runtime \
      -Dmdep.outputFile=target/classpath-check.txt
    for module in $modules; do
      cp "$(find "$module/target" -maxdepth 1 -name "residual-$module-*.jar" ! -name '*-tests.jar' ! -name '*-sources.jar' \
        ! -name '*-javadoc.jar' | head -1)" "$to/lib/residual-$module.jar"
    done
  fi
  for library in $libraries jna; do
    jar=$(tr : '\n' < "$jars" | grep -E "/$library-[0-9][^/]*\.jar$" | sort -V | tail -1) || problem "$jars has no $library"
    cp "$jar" "$to/lib/$library.jar"
  done
  (cd "$work/jna" && "$jdk/bin/jar" -xf "$to/lib/jna.jar")
  cp "$work/jna/com/sun/jna/linux-x86-64/libjnidispatch.so" "$to/lib/"
  find "$work/jna/com/sun/jna" -name '*jnidispatch*' -delete
  "$jdk/bin/jar" -cfm "$to/lib/jna.jar" "$work/jna/META-INF/MANIFEST.MF" -C "$work/jna" com
}

# The runtime with the glibc that it needs, and copies of its other libraries for machines without them.
runtime() {
  "$jdk/bin/jlink" --module-path "$jdk/jmods" --add-modules java.base,java.logging,java.management,jdk.unsupported \
    --strip-debug --no-man-pages --no-header-files --compress=0 --vm=server --output "$work/runtime"
  if command -v strip > /dev/null; then
    strip "$work/runtime/lib/server/libjvm.so" # 4 MB of names of its inner functions
  fi
  find "$work/runtime" -name '*.so*' -o -path '*/bin/java' | xargs objdump -T 2> /dev/null |
    grep -oE 'GLIBC_[0-9.]+' | sort -Vu | tail -1 | sed 's/GLIBC_//' > "$to/glibc.txt" || true
  mkdir "$work/runtime/lib/fallback"
  for library in libz.so.1 libstdc++.so.6 libgcc_s.so.1; do
    cp -L "$(ldconfig -p | sed -n "s|.*$library (libc6,x86-64) => ||p" | head -1)" "$work/runtime/lib/fallback/$library"
  done
  tar -C "$work" -c runtime | gzip -9 > "$to/runtime.tar.gz"
}

content() {
  local file name parity=core/src/test/resources/io/residual/core/parity
  mkdir -p "$to/data" "$to/fixtures"
  for file in train-images-idx3 train-labels-idx1 t10k-images-idx3 t10k-labels-idx1; do
    [ -f "$data/$file-ubyte.gz" ] || problem "$data/$file-ubyte.gz is missing: --data names the folder of Fashion-MNIST"
    cp "$data/$file-ubyte.gz" "$to/data/"
  done
  # The files that the lists of names refer to.
  sed -n 's/^\(state\|results\) //p' cuda/src/main/resources/io/residual/cuda/check/*.fixture | sort -u |
    while read -r name; do cp "$parity/$name" "$to/fixtures/"; done
  install -m 755 cuda/src/check/run.sh "$to/run.sh"
  install -m 644 cuda/src/check/pytorch.py cuda/src/check/pytorch_training.py "$to/"
  cp LICENSE "$to/"
  git describe --always --dirty > "$to/commit.txt" 2> /dev/null || echo unknown > "$to/commit.txt"
}

size() { du -sb "$1" | cut -f1; }

rm -rf "$to" "$to.tar.xz"
mkdir -p "$to"
pack_jars
runtime
content
tar -C "$(dirname "$to")" -c "$(basename "$to")" | xz -T0 -0 > "$to.tar.xz"
echo "$to: $(size "$to") bytes, $to.tar.xz: $(size "$to.tar.xz") bytes; needs glibc $(cat "$to/glibc.txt")"
for made in "$to" "$to.tar.xz"; do
  [ "$(size "$made")" -le $limit ] || problem "$made is larger than $limit bytes"
done
