namespace RecServe.Embeddings;

public sealed unsafe partial class ResidentTable
{
    // A part that must grow gets room for a tenth more than it holds: the others grow alike, and the table stays at 0.82 to 0.95 of its slots.
    private const double Growth = 1.1;

    // New keys a part's delta holds before they are folded in, as a share of its rows. A look-up that ends in the delta costs about 80 ns more than one that does not; a new key pays for the
    // rebuild of 32 rows, some 10 µs. Before a table serves nothing looks it up: then a key pays for that of one row or two.
    private const int Serving = 32, Loading = 1;

    private PartSize _size;
    private int _depth, _foldShare = Serving;

    /// <inheritdoc/>
    public void BeginLoad()
    {
        lock (_writer)
            _foldShare = Loading;
    }

    /// <inheritdoc/>
    public void EndLoad()
    {
        lock (_writer)
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            _foldShare = Serving;
            foreach (TablePart part in _directory.Distinct())
            {
                if (part.Delta.NewRows > FoldAt(part))
                    Fold(part);
            }
        }
    }

    private int FoldAt(TablePart part) => 256 + (part.Rows / _foldShare) + part.UnplacedRows;

    /// <summary>Rebuilds a part with its delta's rows in slots and publishes it: as one part, or as two when the table's parts have grown too large.</summary>
    private void Fold(TablePart part)
    {
        PartDirectory directory = _directory;
        PartRows rows = LiveRows(part, directory.Hash);
        PartRows[] pieces = Split(rows, part.Depth);
        var replacements = new TablePart[pieces.Length];
        for (int i = 0; i < pieces.Length; i++)
            replacements[i] = _builder.BuildPart(directory.Hash, pieces[i], _size, _depth);
        foreach ((ulong key, ulong version) in part.Delta.Tombstones)
            replacements[Piece(directory.Hash.Of(key), part.Depth)].Delta.SetDeleted(key, version);
        Volatile.Write(ref _directory, With(directory, part, replacements));
        part.IsRetired = true;
        _retired.Enqueue((part, _epochs.Current));
    }

    /// <summary>Rebuilds one part that does not have the size of the others yet, so that growth costs every batch a little.</summary>
    private void FoldOneLagging()
    {
        if (_directory.IsUniform && _directory.Depth == _depth && _directory.Parts[0].Descriptor.Size == _size)
            return;
        foreach (TablePart part in _directory.Parts)
        {
            if (part.Depth == _depth && part.Descriptor.Size == _size)
                continue;
            Fold(part);
            return;
        }
    }

    /// <summary>A part's rows at the table's depth; raises the depth or the size of parts until they fit.</summary>
    private PartRows[] Split(PartRows rows, int depth)
    {
        while (true)
        {
            var pieces = new PartRows[1 << (_depth - depth)];
            for (int i = 0; i < pieces.Length; i++)
                pieces[i] = new PartRows(rows.Count / pieces.Length + 16);
            for (int i = 0; i < rows.Count; i++)
                pieces[Piece(rows.Hashes[i], depth)].Add(rows.Keys[i], rows.Hashes[i], rows.Versions[i], rows.Rows[i]);
            int most = pieces.Max(piece => piece.Count);
            if (most > TableBuilder.LargestPart && _depth < PartSize.MaxDepth)
            {
                _depth++;
                _size = _layout.SizeFor((int)(most / 2 * Growth));
                continue;
            }

            if (most > _size.Slots * _layout.FullLoad)
                _size = _layout.SizeFor((int)(most * Growth));
            return pieces;
        }
    }

    /// <summary>Which of the pieces of a part of a lesser depth a hash falls into.</summary>
    private int Piece(ulong hash, int depth) => PartSize.Part(hash, _depth) & ((1 << (_depth - depth)) - 1);

    private static PartRows LiveRows(TablePart part, KeyHash hash)
    {
        // A restored row stands in both places with the same content: the delta's copy is taken.
        DeltaMap delta = part.Delta;
        int slots = (int)part.Descriptor.Size.Slots;
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

    /// <summary>The directory with a part replaced by its pieces; twice as large, or more, if they are deeper than it.</summary>
    private static PartDirectory With(PartDirectory directory, TablePart part, TablePart[] pieces)
    {
        int depth = Math.Max(directory.Depth, pieces[0].Depth);
        var parts = new TablePart[1 << depth];
        for (int i = 0; i < parts.Length; i++)
        {
            TablePart held = directory.Parts[i >> (depth - directory.Depth)];
            parts[i] = held != part ? held : pieces[(i >> (depth - pieces[0].Depth)) & (pieces.Length - 1)];
        }

        return new PartDirectory(directory.Hash, parts);
    }
}
