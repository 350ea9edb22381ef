"""Prints which of 96 images, classes 0 1 2 3 0 1 2 3 ..., a split with seed 42 holds back.

A second writing of SplitMix64, Fisher and Yates' shuffle and the split, in the unbounded integers of Python.
"""

MASK = (1 << 64) - 1


class SplitMix64:
    def __init__(self, seed):
        self.state = seed & MASK

    def next(self):
        self.state = (self.state + 0x9E3779B97F4A7C15) & MASK
        z = self.state
        z = ((z ^ (z >> 30)) * 0xBF58476D1CE4E5B9) & MASK
        z = ((z ^ (z >> 27)) * 0x94D049BB133111EB) & MASK
        return z ^ (z >> 31)

    def below(self, bound):
        return ((self.next() >> 32) * bound) >> 32


def stream(seed, part):
    return SplitMix64(SplitMix64(seed).next() ^ SplitMix64(~part).next())


held = []
for label in range(4):
    members = list(range(label, 96, 4))
    random = stream(42, label)
    for i in range(len(members) - 1, 0, -1):
        j = random.below(i + 1)
        members[i], members[j] = members[j], members[i]
    held += members[: (len(members) + 6) // 12]
print(", ".join(map(str, sorted(held))))
