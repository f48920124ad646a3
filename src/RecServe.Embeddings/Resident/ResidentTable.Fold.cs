namespace RecServe.Embeddings;

public sealed unsafe partial class ResidentTable
{
    /// <summary>Rebuilds a part with its delta's rows in slots and publishes it; a part that has grown too large becomes two.</summary>
    private void Fold(TablePart part)
    {
        PartDirectory directory = _directory;
        PartRows rows = LiveRows(part, directory.Hash);
        TablePart[] replacements;
        if (rows.Count > TableBuilder.LargestPart && part.Depth < PartDescriptor.MaxDepth)
        {
            var halves = new PartRows[] { new(rows.Count / 2), new(rows.Count / 2) };
            for (int i = 0; i < rows.Count; i++)
                halves[(int)PartDescriptor.Part(rows.Hashes[i], part.Depth + 1) & 1].Add(rows.Keys[i], rows.Hashes[i], rows.Versions[i], rows.Rows[i]);
            replacements = [.. halves.Select(half => _builder.BuildPart(directory.Hash, half, part.Depth + 1))];
        }
        else
        {
            replacements = [_builder.BuildPart(directory.Hash, rows, part.Depth)];
        }

        foreach ((ulong key, ulong version) in part.Delta.Tombstones)
        {
            int which = (int)PartDescriptor.Part(directory.Hash.Of(key), replacements[0].Depth) & 1;
            replacements[replacements.Length == 1 ? 0 : which].Delta.SetDeleted(key, version);
        }

        Volatile.Write(ref _directory, With(directory, part, replacements));
        part.IsRetired = true;
        _retired.Enqueue((part, _epochs.Current));
        GC.KeepAlive(part);
    }

    private static PartRows LiveRows(TablePart part, KeyHash hash)
    {
        // A restored row stands in both places with the same content: the delta's copy is taken.
        DeltaMap delta = part.Delta;
        int slots = (int)part.Descriptor.SlotCount;
        var skip = new bool[slots];
        var rows = new PartRows(part.Rows + delta.Rows);
        for (int number = 1; number <= delta.Numbers; number++)
        {
            ref DeltaRow row = ref delta[number];
            if (row.State == DeltaState.None)
                continue;
            if (row.Slot >= 0)
                skip[row.Slot] = true;
            rows.Add(row.Key, hash.Of(row.Key), row.Version, (nint)delta.RowAt(number));
        }

        for (int slot = 0; slot < slots; slot++)
        {
            if (!skip[slot] && part.IsLive(slot, out ulong slotHash))
                rows.Add(part.KeyAt(slot), slotHash, part.VersionAt(slot), (nint)part.RowAt(slot));
        }

        return rows;
    }

    /// <summary>The directory with a part replaced by one or two; twice as large if the two are deeper than it.</summary>
    private static PartDirectory With(PartDirectory directory, TablePart part, TablePart[] replacements)
    {
        int depth = Math.Max(directory.Depth, replacements[0].Depth);
        var parts = new TablePart[1 << depth];
        for (int i = 0; i < parts.Length; i++)
        {
            TablePart held = directory.Parts[i >> (depth - directory.Depth)];
            int half = i >> (depth - replacements[0].Depth) & 1;
            parts[i] = held != part ? held : replacements[replacements.Length == 1 ? 0 : half];
        }

        return new PartDirectory(directory.Hash, parts);
    }
}
